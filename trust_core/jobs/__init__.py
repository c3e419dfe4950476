"""Work that outlives the page that asked for it: a queue in a table, one worker, one process a job."""

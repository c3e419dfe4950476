"""From findings to the report: which margin bounds what, the verdict, the controls, the rows."""

"""The page Reliability: confidence against accuracy of both models, and the texts behind every point."""

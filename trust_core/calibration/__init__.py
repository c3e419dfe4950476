"""Reliability: does a model's confidence mean what it says, and does the candidate's mean the same?

Pure functions of gold classes and probabilities. c is the confidence of the predicted class, z is 1
where the prediction is right; a gap is confidence - accuracy, so a positive gap is overconfidence.
"""

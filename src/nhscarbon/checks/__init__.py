"""Rules over activity data: distinct words and masks in, findings out; never row by row."""

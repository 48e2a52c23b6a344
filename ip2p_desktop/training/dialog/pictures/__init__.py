"""The page of the dataset."""

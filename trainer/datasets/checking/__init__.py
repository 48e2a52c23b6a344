"""What is wrong with a pair or with a whole dataset, and how a person is told."""

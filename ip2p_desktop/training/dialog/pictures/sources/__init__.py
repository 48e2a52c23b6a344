"""The ways of giving pictures: folder, two folders, pairs by hand, of edits, for practice; earlier pairs."""

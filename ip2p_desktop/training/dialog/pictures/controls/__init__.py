"""Controls that several ways of giving pictures share."""

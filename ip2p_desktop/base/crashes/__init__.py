"""What is recorded when the program fails: the log, reports, and traces of faults in native code."""

"""Where pairs lie: the layouts of public datasets and of one's own folders."""

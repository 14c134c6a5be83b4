"""One sealed file that holds the whole database: made in use, proven, restored beside."""

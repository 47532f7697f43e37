"""The command line, one file a command; heavy libraries load when a command runs."""

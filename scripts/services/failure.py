"""What goes wrong and is no bug: the message says what happened and what to do."""


class Failure(Exception):
    pass


# What a server says in its log -> what its user can do.
ADVICE = (
    ("Address already in use", "a port of it is in use: choose another with --port"),
    ("address already in use", "a port of it is in use: choose another with --port"),
    ("eaddrinuse", "a port of it is in use: choose another with --port"),
    ("No space left on device", "the disk is full: free some space, or give another folder with --data"),
    ("UnsupportedClassVersionError", "its Java is too old: install openjdk-17-jre-headless, or set JAVA_HOME to a Java 17"),
    ("insufficient memory for the Java Runtime", "there is too little free memory: end something else"),
    ("Permission denied", "it may not read or write its folder: choose one with --data that its user can reach"),
    ("database files are incompatible", "the data are of another version: begin anew with --fresh"),
)


def advice(log):
    """One sentence on what to do about this end of a log, or nothing."""
    return next((f"\n{what}" for words, what in ADVICE if words in log), "")

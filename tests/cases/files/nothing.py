"""No function that could be the handler."""

GREETING = "hello"

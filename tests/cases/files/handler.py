"""One handler."""


def handler(event, context):
    return {}

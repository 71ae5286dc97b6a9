"""Two functions that could be the handler."""


def create_handler(event, context):
    return {}


def delete_handler(event, context):
    return {}

"""Work out how long posts take to read."""

WORDS_A_MINUTE = 200


def handler(events, context):
    """Answer a batch of fields, one number for each post."""
    return [minutes(event["source"]["text"]) for event in events]


def minutes(text):
    """Return the minutes that a text takes, at least one."""
    return max(1, round(len(text.split()) / WORDS_A_MINUTE))

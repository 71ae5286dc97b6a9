"""The live preview: what it watches, whom it answers, and what its page shows."""

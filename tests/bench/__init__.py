"""`python -m tests.bench [--short] [NAME …]`: measures, prints a table, writes build/bench.json."""

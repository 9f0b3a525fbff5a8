"""Prefect automations that `deploy` creates: crashed runs, and notifications of failed ones."""

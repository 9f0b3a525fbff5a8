"""Everything about Prefect beside the flows: deployments, tasks, artifacts, secrets, local servers."""

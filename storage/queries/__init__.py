"""Every figure that anybody is shown: pages, commands, artifacts and alerts call these."""

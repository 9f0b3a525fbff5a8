"""Pages read on a Dask cluster instead of this machine's processes."""

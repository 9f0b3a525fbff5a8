"""One run from plan to last article, with its one writer. Knows no Prefect."""

"""Links between stories on one event, measured on pairs that people labelled."""

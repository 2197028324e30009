"""How many contacts a topic has, from a model that errs: with an audit, and without."""

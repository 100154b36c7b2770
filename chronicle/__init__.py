"""How a service remembers: decide, append, seal, relay, hear once, project, witness, verify."""

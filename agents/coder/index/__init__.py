"""What a workspace holds: definitions by name, imports, similar text. Kept by the syntax process, see `service`."""

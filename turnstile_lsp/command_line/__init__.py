"""The command `turnstile`: one module for each subcommand, joined in `application`."""

"""The platform in an AWS account: templates, state machines, and what deploys them."""

"""Generators and discriminators: modules that map tensors and nothing else; no loss, no `backward`, no `step`."""

"""The judge: how likely each block of a text is to be of its article, learned from pages whose article is known."""

"""The whole of memsync at work without an account: pretend machines and a stand-in for Claude."""

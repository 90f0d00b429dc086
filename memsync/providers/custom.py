"""Any folder that something else keeps in step: Nextcloud, Syncthing, Box, a network drive, ...

It is never detected, only given (`memsync init --sync-root DIR`): to guess among all the folders of
a machine would publish the memory somewhere. The memory folder has no dot, because Nextcloud and
ownCloud leave hidden files out by default (owncloud/client#3786).
"""

from __future__ import annotations

from memsync.providers.base import Provider


class CustomProvider(Provider):
    """A folder that a person names."""

    name = "custom"
    title = "Custom folder"
    folder = "claude-memory"

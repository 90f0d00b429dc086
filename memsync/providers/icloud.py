"""iCloud Drive. The memory folder has no dot: Finder and the Files app hide dot-folders.

Sources: macOS, lra/mackup src/mackup/utils.py and cryptomator
ICloudMacLocationPresetsProvider.java; Windows, cryptomator
ICloudWindowsLocationPresetsProvider.java; the warning, obsidianmd/obsidian-help "Sync your notes
across devices". Linux has no client but rclone's.
"""

from __future__ import annotations

from memsync.providers.base import Place, Provider

ON_WINDOWS = (
    "iCloud Drive on Windows is known to duplicate or damage files; another service is safer there"
)


class ICloudProvider(Provider):
    """Apple's iCloud Drive."""

    name = "icloud"
    title = "iCloud Drive"
    folder = "claude-memory"
    remotes = ("icloud",)
    places = (
        Place(
            ("mac",),
            "~/Library/Mobile Documents/com~apple~CloudDocs",
            "folder in ~/Library/Mobile Documents",
        ),
        Place(("windows",), "~/iCloudDrive", "folder in the home", warning=ON_WINDOWS),
    )

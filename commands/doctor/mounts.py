"""Linux's mounts: which kind a folder lies on, and whether another machine may write there too."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# Whose locks and shared memory another machine may not see. Two runs from two mounts of one folder both
# ended well and left a file that SQLite calls malformed; https://sqlite.org/wal.html: "all processes
# using a database must be on the same host computer". virtiofs, vboxsf, fakeowner and the like are a
# folder of the host's in a guest; 9p is that, and Windows' disks in WSL 2.
SHARED = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fakeowner", "gfs2", "glusterfs", "gpfs"),
        *("lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "prl_fs", "pvfs2", "smb3", "smbfs"),
        *("vboxsf", "virtiofs", "vmhgfs", "wekafs"),
    }
)  # fmt: skip
SHARED_FUSE = frozenset(
    {
        *("afp", "alluxio-fuse", "blobfuse", "blobfuse2", "ceph-fuse", "curlftpfs", "davfs2"),
        *("gcsfuse", "geesefs", "glusterfs", "goofys", "google-drive-ocamlfuse", "grpcfuse", "gvfsd-fuse"),
        *("juicefs", "JuiceFS", "kio-fuse", "lizardfs", "mfs", "mfsmount", "mountpoint-s3", "objectivefs"),
        *("onedriver", "osxfs", "pmxcfs", "rclone", "s3fs", "s3ql", "seaweedfs", "smbnetfs", "sshfs"),
        *("vmhgfs-fuse", "xtreemfs"),
    }
)  # fmt: skip
# A disk or an image of this machine, or a layer over its folders.
LOCAL_FUSE = frozenset(
    {
        *("apfs-fuse", "bindfs", "cryfs", "dislocker", "encfs", "exfat", "exfat-fuse", "ext2", "ext3"),
        *("ext4", "fuse-overlayfs", "fuse2fs", "gocryptfs", "lxcfs", "mergerfs", "mhddfs", "ntfs", "ntfs-3g"),
        *("overlayfs", "securefs", "squashfuse", "unionfs", "unionfs-fuse", "veracrypt", "zfs-fuse"),
    }
)  # fmt: skip
# Layers whose source is the folder below, whose kind is the one that counts.
LAYERS = frozenset({"bindfs", "cryfs", "ecryptfs", "encfs", "fuse", "gocryptfs", "securefs"})
ESCAPED = re.compile(r"\\([0-7]{3})")
REMOTE = re.compile(
    r"^//|^[^/\s]+:|^[a-z][a-z0-9+.-]*://"
)  # //server/share, host:/path, s3://bucket
DEEPEST = 8  # layers over layers, which may also lie over themselves

Reach = Literal["local", "shared", "unknown"]


@dataclass(frozen=True)
class Mount:
    kind: str  # as Linux names it, such as ext4 or fuse.sshfs
    source: str  # a device, a server's folder, or whatever the program says


def mount_of(path: Path, mounts: str) -> Mount | None:
    """What `path` lies on, by Linux' list of mounts; the last of those at one place covers the others."""
    whole, nearest, mount = path.resolve(), -1, None
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields, of_system = before.split(" "), after.split(" ")
        if len(fields) < 5 or len(of_system) < 2:
            continue
        place = Path(octal_unescaped(fields[4]))
        if whole.is_relative_to(place) and len(place.parts) >= nearest:
            nearest, mount = len(place.parts), Mount(of_system[0], octal_unescaped(of_system[1]))
    return mount


def reach_of_mount(mount: Mount, mounts: str, *, depth: int = 0) -> Reach:
    """Of a FUSE program that is not known, its source tells; bindfs, and ntfs-3g on an image, say no more
    than "fuse", and sshfs says whatever `-o subtype` gives."""
    name = mount.kind.removeprefix("fuse.")
    if mount.kind in SHARED or name in SHARED_FUSE:
        return "shared"
    if name in LAYERS and Path(mount.source).is_dir() and depth < DEEPEST:
        below = mount_of(Path(mount.source), mounts)
        if below is not None:
            return reach_of_mount(below, mounts, depth=depth + 1)
    if not f"{mount.kind}.".startswith("fuse.") or name in LOCAL_FUSE:
        return "local"
    if REMOTE.match(mount.source):
        return "shared"
    return "local" if mount.source.startswith("/") else "unknown"


def octal_unescaped(text: str) -> str:
    return ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), text)

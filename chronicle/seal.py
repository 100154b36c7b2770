"""Sign the blocks: one seal names every block since the last, and vouches for them elsewhere."""

import base64
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chronicle.db import Db
from chronicle.fact import canonical
from chronicle.wake import BLOCK

UNSEALED = """
select block_no, first_pos, n, root, hash from chronicle.block
where block_no > (select coalesce(max(last_block), 0) from chronicle.seal)
order by block_no limit 2000
"""


async def write_seal(
    db: Db, log_id: UUID, service: str, key: Ed25519PrivateKey, now: datetime
) -> bool:
    """Sign every block since the last seal; False when there is none."""
    blocks = await db.fetch(UNSEALED)
    if not blocks:
        return False
    seal_no = 1 + await db.fetchval("select coalesce(max(seal_no), 0) from chronicle.seal")
    body = canonical({
        "log": str(log_id), "service": service, "seal_no": seal_no,
        "sealed_at": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "key": public_text(key),
        "blocks": [
            {"block_no": b["block_no"], "first_position": b["first_pos"], "count": b["n"],
             "root": b["root"].hex(), "hash": b["hash"].hex()}
            for b in blocks
        ],
    })  # fmt: skip
    async with db.transaction():
        await db.execute(
            "insert into chronicle.seal (seal_no, first_block, last_block, body, signature)"
            " values ($1, $2, $3, $4, $5)",
            seal_no, blocks[0]["block_no"], blocks[-1]["block_no"], body, key.sign(body),
        )  # fmt: skip
        await db.execute(f"notify {BLOCK}")
    return True


def public_text(key: Ed25519PrivateKey) -> str:
    """The public key as seals and key files write it: base64url without padding."""
    return base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).rstrip(b"=").decode()

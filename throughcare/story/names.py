"""Names that nobody bears: plants for the first, stones for the family."""

from random import Random
from typing import Final

FIRST: Final = (
    "Agrimony", "Alkanet", "Arnica", "Avens", "Balsam", "Betony", "Borage", "Bracken", "Burdock",
    "Campion", "Catmint", "Celandine", "Chervil", "Comfrey", "Cowslip", "Damson", "Dittany",
    "Eyebright", "Feverfew", "Foxglove", "Fumitory", "Gentian", "Hawkbit", "Hellebore", "Hyssop",
    "Knapweed", "Larkspur", "Lovage", "Mallow", "Medlar", "Milkwort", "Mugwort", "Oxlip",
    "Pennywort", "Quince", "Ragwort", "Samphire", "Saxifrage", "Scabious", "Speedwell", "Spurge",
    "Sundew", "Tansy", "Teasel", "Toadflax", "Valerian", "Vetch", "Woodruff", "Yarrow",
)  # fmt: skip
FAMILY: Final = (
    "Agateby", "Anorthite", "Basaltham", "Beryllow", "Brecciaworth", "Calcitely", "Chalcedon",
    "Chertsward", "Corundale", "Diorite", "Dolomitson", "Feldspar", "Felsiter", "Fluorspar",
    "Gabbrow", "Gneissby", "Gritstone", "Gypsumley", "Haematite", "Hornfels", "Ignimbrite",
    "Kaolinworth", "Kyanitely", "Marlstone", "Microlite", "Moraine", "Obsidale", "Oolithe",
    "Olivinson", "Peridotby", "Porphyry", "Pumicer", "Pyriteham", "Quartzley", "Rhyoliter",
    "Sandstane", "Schistow", "Selenitely", "Septaria", "Serpentinby", "Shalecroft", "Steatite",
    "Syenitham", "Travertine", "Tuffaby", "Wolframley", "Xenolith", "Zeoliter",
)  # fmt: skip


def name(dice: Random) -> str:
    return f"{dice.choice(FIRST)} {dice.choice(FAMILY)}"


def contact(number: int) -> str:
    return f"{label(number).lower()}@example.invalid"


def label(number: int) -> str:
    """What the story calls somebody: YP-0001."""
    return f"YP-{number:04}"

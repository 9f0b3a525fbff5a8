"""What the rules' own lists say of a concept, taken into the concept by each fit.

Rules and relevance kept two copies of the same words, and whoever saw a miss wrote into the first
alone: the relevance knew 76 of 184 Spanish words of violence, and no word for machines that fail.
"""

from collections.abc import Mapping
from pathlib import Path

import yaml

LISTS: Mapping[str, tuple[str, ...]] = {
    "vote": ("voting_place", "mail_ballot", "drop_box",
             "centro_de_votacion", "voto", "voto_por_correo"),
    "election": ("election", "eleccion", "jornada_electoral"),
    "campaign": ("candidate", "candidato", "campana"),
    "officials": ("election_official", "election_office", "organo_electoral", "funcionario_de_casilla"),
    "equipment": ("voting_machine", "voting_vendor", "maquina"),
    "rolls": ("voter_data", "padron"),
    "counting": ("results", "resultado", "proclamacion"),
    "fraud": ("cheating", "vote_theft", "fraude"),
    "overturn": ("overturning", "foul", "disputed", "anulacion", "disputa_grave"),
    "lies": ("falsehood", "mentira", "falsificado", "engano", "noticia_falsa", "guerra_sucia", "disuasion"),
    "deepfake": ("deepfake_word", "deepfake", "video_falso"),
    "hack": ("hack", "intrusion", "ataque_informatico"),
    "foreign": ("foreign_actor", "russia"),
    "interference": ("meddling", "injerencia"),
    "violence": ("force", "danger", "danger_at_polls", "life_threatened", "menace", "violencia"),
    "failure": ("breakdown", "falla"),
}  # fmt: skip
NO_WORD = ("$", "=")  # another list, and words that count in exact case only


def with_list_words(
    concepts: Mapping[str, tuple[str, ...]], words: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The concepts with the words of their lists after their own, each once."""
    extended = dict(concepts)
    for concept, names in LISTS.items():
        more = (word for name in names for word in words.get(name, ()))
        if all_words := dict.fromkeys((*concepts.get(concept, ()), *more)):
            extended[concept] = tuple(all_words)
    return extended


def listed_words(folder: Path) -> dict[str, tuple[str, ...]]:
    """The words of each list in terms/ of a folder of rules; lists within it are left out."""
    return {
        name: tuple(word for word in map(str, words) if not word.startswith(NO_WORD))
        for path in sorted((folder / "terms").glob("*.yaml"))
        for name, words in yaml.safe_load(path.read_text("utf-8")).items()
    }

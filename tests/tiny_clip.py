"""A CLIP model of random numbers, small enough to be made in a test; its answers mean nothing."""

from __future__ import annotations

from pathlib import Path

WIDTH, READS, SIDE = 16, 40, 32
LETTERS = "abcdefghijklmnopqrstuvwxyz-"


def save(folder: Path, seed: int = 0) -> Path:
    """The model in a folder, as a download would be; a token is a letter."""
    import torch
    from transformers import CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizer

    torch.manual_seed(seed)
    CLIPModel(_config()).save_pretrained(folder)
    edges = {"height": SIDE, "width": SIDE}
    images = CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size=edges)
    CLIPProcessor(images, CLIPTokenizer(vocab=_vocabulary(), merges=[])).save_pretrained(folder)
    return folder


def _vocabulary() -> dict[str, int]:
    names = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS)]
    names += ["<|startoftext|>", "<|endoftext|>"]
    return {name: number for number, name in enumerate(names)}


def _config():
    from transformers import CLIPConfig

    shared = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2}
    shared |= {"num_attention_heads": 2, "projection_dim": WIDTH}
    names = _vocabulary()
    ends = {"bos_token_id": names["<|startoftext|>"], "eos_token_id": names["<|endoftext|>"]}
    ends |= {"pad_token_id": names["<|endoftext|>"]}
    text = shared | ends | {"vocab_size": len(names), "max_position_embeddings": READS}
    vision = shared | {"image_size": SIDE, "patch_size": 16}
    return CLIPConfig(text_config=text, vision_config=vision, projection_dim=WIDTH)

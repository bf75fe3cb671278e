"""The rows of these tests: realistic titles, and enough authors for the page that picks one."""

from datetime import date
from decimal import Decimal

from tests.library.models import Author, Book, Genre

GENRES = {
    "essay": "Essays",
    "history": "History",
    "novel": "Novels",
    "science/nature": "Science & nature",
    "travel": "Travel",
}
TITLES = """
A Field Guide to Getting Lost|A Room of One's Own|Austerlitz|Beloved|Bleak House|Cloud Cuckoo Land
Cosmos|Crime and Punishment|Deep Work|Don Quixote|East of Eden|Effi Briest|Emma|Entangled Life
Fathers and Sons|Frankenstein|Germinal|Great Expectations|Hamnet|Howards End|Invisible Cities
Jane Eyre|Kindred|King Lear|Les Misérables|Life Between the Tides|Lincoln in the Bardo|Lord Jim
Madame Bovary|Middlemarch|Moby-Dick; or, The Whale|Mrs Dalloway|My Ántonia|Nausea|North and South
Oblomov|On the Origin of Species|One Hundred Years of Solitude|Orlando|Persuasion|Possession
Season of Migration to the North|Silent Spring|Steppenwolf|The Age of Innocence|The Cairo Trilogy
The Invention of Nature|The Leopard|The Magic Mountain|The Name of the Rose|The Old Ways
The Peregrine|The Sea, the Sea|The Sixth Extinction|The Trial|To the Lighthouse|Ulysses
Voyage of the Beagle|War and Peace|موسم الهجرة إلى الشمال
"""
FIRST = "Ada|Basil|Clara|Denis|Elif|Farid|Greta|Hanna|Ivo|Jomo|Kaoru|Lena|Miguel"
LAST = "Abell|Brandt|Castillo|Dumont|Eco|Farah|Gessner|Hardy|Ito|Jensen"


def fill_library() -> None:
    """Fill the library; book number n has the author number n."""
    genres = Genre.objects.bulk_create(Genre(code=code, name=name) for code, name in GENRES.items())
    names = [f"{first} {last}" for last in LAST.split("|") for first in FIRST.split("|")]
    authors = Author.objects.bulk_create(
        Author(name=name, born=date(1800 + i, 1 + i % 12, 1 + i % 28) if i % 5 else None)
        for i, name in enumerate(names)
    )
    titles = [title for line in TITLES.split("\n") for title in line.split("|") if title]
    books = Book.objects.bulk_create(
        Book(
            title=title,
            author=authors[i],
            status="published" if i % 4 else "draft",
            price=Decimal(5 + i * 37 % 40) + Decimal("0.90") if i % 7 else None,
            pages=120 + i * 53 % 700,
            published=date(1950 + i, 1 + i % 12, 1 + i % 28) if i % 6 else None,
            in_print=i % 3 != 0,
        )
        for i, title in enumerate(titles)
    )
    kinds = Book.genres.through
    kinds.objects.bulk_create(
        kinds(book=book, genre=genres[(i + j) % 5])
        for i, book in enumerate(books)
        for j in range(i % 3)
    )

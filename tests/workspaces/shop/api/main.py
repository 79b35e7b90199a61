"""The public interface of the shop."""

import time

import requests
from fastapi import FastAPI
from pydantic import BaseModel, validator

app = FastAPI()
WAREHOUSE = "https://warehouse.example.com/stock"


class Order(BaseModel):
    isbn: str
    copies: int = 1

    @validator("isbn")
    def strip_dashes(cls, value: str) -> str:
        return value.replace("-", "")


@app.get("/stock/{isbn}")
async def stock(isbn: str) -> dict[str, int]:
    response = requests.get(WAREHOUSE, params={"isbn": isbn}, timeout=5)
    return {"copies": response.json()["copies"]}


@app.post("/orders")
async def order(data: Order):
    print(f"ordered {data.isbn}")
    return Order(isbn=data.isbn, copies=data.copies)


async def remind(isbn: str, seen: list[str] = []) -> None:
    """Wait until there is stock again."""
    seen.append(isbn)
    while not (await stock(isbn))["copies"]:
        time.sleep(60)


def isbn_of(line: str) -> str | None:
    """The ISBN in a line of an import file."""
    try:
        return line.split(";")[3]
    except:
        return None

import time


async def pause() -> None:
    time.sleep(1)


def read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except:
        return ""

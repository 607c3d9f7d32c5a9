import psycopg2
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def index():
    return {"libpq": psycopg2.__libpq_version__ > 0, "loaded": psycopg2.extensions.libpq_version() > 0}

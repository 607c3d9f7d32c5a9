import requests
import sqlalchemy
from flask import Flask, jsonify

app = Flask(__name__)
engine = sqlalchemy.create_engine("sqlite://")


@app.get("/")
def index():
    with engine.connect() as connection:
        answer = connection.execute(sqlalchemy.text("select 6 * 7")).scalar()
    return jsonify(answer=answer, client=requests.__name__)

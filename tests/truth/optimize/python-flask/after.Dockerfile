FROM python:3.11-slim
WORKDIR /app
COPY requirements.txt /app/
ENV PYTHONDONTWRITEBYTECODE=1
RUN pip install --no-cache-dir -r requirements.txt
RUN useradd --create-home --shell /usr/sbin/nologin app
COPY . /app
EXPOSE 18080
USER app
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD python -c "import socket; socket.create_connection(('127.0.0.1', 18080), 2).close()"
CMD ["gunicorn", "--bind", "0.0.0.0:18080", "shop.web:app"]

# A service without a build step.
FROM node:20-slim
ENV PORT=18080
WORKDIR /usr/src/app
COPY package*.json ./
RUN npm ci && npm cache clean --force
COPY . .
EXPOSE 18080
USER node
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD node -e "fetch('http://127.0.0.1:' + (process.env.PORT || 18080)).then((r) => process.exit(r.status < 500 ? 0 : 1), () => process.exit(1))"
CMD ["npm", "start"]

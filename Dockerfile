# One Ledgerpost server. PostgreSQL runs elsewhere: the embedded one is left out.
FROM node:24-bookworm-slim
WORKDIR /app
COPY package.json package-lock.json ./
COPY server/package.json server/
COPY client/package.json client/
COPY sandbox/package.json sandbox/
# Optional packages are the embedded PostgreSQL and a Node of its own; the image has both elsewhere.
RUN npm ci --omit=dev --omit=optional
COPY server server
COPY sandbox sandbox
RUN mkdir /data && chown node:node /data
USER node
ENV LEDGERPOST_HOST=0.0.0.0 LEDGERPOST_DATA_DIR=/data
VOLUME /data
EXPOSE 4100
# Node itself and not npm, so that SIGTERM reaches it.
CMD ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=16", "server/src/main.ts"]

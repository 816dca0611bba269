"""Amazon API Gateway REST APIs: who may call them, their stage, limits, logs and domain names."""

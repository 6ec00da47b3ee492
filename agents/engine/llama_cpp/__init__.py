"""Local models through llama.cpp, each in a worker process of its own."""

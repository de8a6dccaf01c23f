variable "account_id" {
  description = "The Cloudflare account."
  type        = string
  validation {
    condition     = can(regex("^[0-9a-f]{32}$", var.account_id))
    error_message = "Expected 32 hexadecimal digits."
  }
}

variable "location" {
  description = "Where the buckets should lie: wnam, enam, weur, eeur, apac or oc. Cloudflare decides when it is null."
  type        = string
  default     = null
}

variable "bucket_events" {
  description = "Whether the bucket reports writes by others. The service reports its own without it."
  type        = bool
  default     = false
}

variable "hostname" {
  description = "The domain of the service, for example images.example.com. Null until the Worker is deployed."
  type        = string
  default     = null
}

variable "zone_id" {
  description = "The zone of the domain."
  type        = string
  default     = null
}
